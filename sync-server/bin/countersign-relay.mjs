#!/usr/bin/env node
// Starts the relay's TypeScript without a build step.
import { register } from "tsx/esm/api";

register();
await import("../src/main.ts");
