// Stands in for Electron's default app in the tests' runtime: loads the modules after -r, then starts the app in the folder that is the
// first other argument.
const path = require("node:path");
const { app } = require("electron");

const first = process.argv.slice(1);
for (let at = first.indexOf("-r"); at !== -1; at = first.indexOf("-r")) require(path.resolve(first.splice(at, 2)[1]));
const folder = path.resolve(first.find((argument) => !argument.startsWith("-")) ?? ".");
const about = require(path.join(folder, "package.json"));
process.defaultApp = true;
app.setName(about.productName ?? about.name);
app.setVersion(about.version);
app.setAppPath(folder);
require(path.join(folder, about.main));
