import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CONTENT_SECURITY_POLICY } from "@countersign/shared/base/csp";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { contentType, fileFor, schemeHandler } from "./scheme.ts";

const ROOT = "/srv/web";

describe("the path of a request", () => {
  it.each([
    ["/", "/srv/web/index.html"],
    ["/messages/abc", "/srv/web/index.html"],
    ["/index.html", "/srv/web/index.html"],
    ["/assets/a%20b.js", "/srv/web/assets/a b.js"],
  ])("[desktop] %s is %s", (pathname, file) => {
    expect(fileFor(ROOT, pathname)).toBe(file);
  });

  it.each([
    "/../etc/passwd.txt",
    "/%2e%2e/secret.txt",
    "/a/..%2f..%2fsecret.txt",
    "/..\\secret.txt",
    "/%5c..%5csecret.txt",
    "/a%00.html",
    "/c:/windows/win.ini",
    "/%",
    "relative.html",
  ])("[desktop] %s names no file", (pathname) => {
    expect(fileFor(ROOT, pathname)).toBeUndefined();
  });

  it("[desktop] whatever is asked, the file is inside the folder", () => {
    const part = fc.oneof(fc.constantFrom("..", ".", "%2e%2e", "%2f", "%5c", "\\", "a.js", "", "%00", "~"), fc.string());
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const file = fileFor(ROOT, `/${parts.join("/")}`);
        return file === undefined || path.resolve(file).startsWith(`${ROOT}/`);
      }),
      { seed: 20_261_122, numRuns: 3000 },
    );
  });
});

describe("the answers", () => {
  let handle: (request: Request) => Promise<Response>;
  beforeAll(() => {
    const outside = mkdtempSync(path.join(tmpdir(), "scheme-"));
    const root = path.join(outside, "web");
    mkdirSync(root);
    writeFileSync(path.join(outside, "secret.txt"), "secret");
    writeFileSync(path.join(root, "index.html"), "<!doctype html>");
    writeFileSync(path.join(root, "a.wasm"), "x");
    symlinkSync(path.join(outside, "secret.txt"), path.join(root, "link.txt"));
    handle = schemeHandler(root, {
      authority: { answer: () => Promise.resolve(new Response("asked")) },
      opened: { answer: () => Promise.resolve(new Response("opened")) },
    });
  });

  it("[desktop] a page comes with the policy and its type", async () => {
    const response = await handle(new Request("app://local/"));
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("<!doctype html>");
    expect(response.headers.get("content-security-policy")).toBe(CONTENT_SECURITY_POLICY);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it.each([
    ["app://elsewhere/index.html", "GET", 404],
    ["app://local/missing.js", "GET", 404],
    ["app://local/link.txt", "GET", 403],
    ["app://local/%2e%2e%2fsecret.txt", "GET", 403],
    ["app://local/index.html", "POST", 405],
  ])("[desktop] %s (%s) gives %i", async (url, method, status) => {
    expect((await handle(new Request(url, { method }))).status).toBe(status);
  });

  it("[desktop] an unknown ending is bytes", () => {
    expect([contentType("a.wasm"), contentType("a.JS"), contentType("a.exe")]).toEqual([
      "application/wasm",
      "text/javascript; charset=utf-8",
      "application/octet-stream",
    ]);
  });
});
