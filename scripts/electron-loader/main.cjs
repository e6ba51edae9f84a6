// Stands in for Electron's default app in the tests' runtime: starts the app in the folder that is the first argument.
const path = require("node:path");
const { app } = require("electron");

const folder = path.resolve(process.argv.slice(1).find((argument) => !argument.startsWith("-")) ?? ".");
const about = require(path.join(folder, "package.json"));
process.defaultApp = true;
app.setName(about.productName ?? about.name);
app.setVersion(about.version);
app.setAppPath(folder);
require(path.join(folder, about.main));
