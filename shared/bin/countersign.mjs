#!/usr/bin/env node
// Starts the command line's TypeScript without a build step.
import { register } from "tsx/esm/api";

register();
await import("../node/cli/main.ts");
