/** What stands round a screen and is not the same for everybody: a camera, a telephone, no network, a sample. Each holds until another page is loaded. */
import type { Page } from "@playwright/test";

/** A camera that shows a grey wall, or none at all; and opens it with the page's button. */
export const scan = async (page: Page, hasCamera: boolean): Promise<void> => {
  await page.evaluate((isThere) => {
    const open = (): Promise<MediaStream> => {
      if (!isThere) return Promise.reject(new DOMException("there is none", "NotFoundError"));
      const wall = document.createElement("canvas");
      [wall.width, wall.height] = [640, 480];
      const pen = wall.getContext("2d");
      if (pen !== null) {
        pen.fillStyle = "#667";
        pen.fillRect(0, 0, 640, 480);
      }
      return Promise.resolve(wall.captureStream(5));
    };
    Object.defineProperty(navigator.mediaDevices, "getUserMedia", { value: open, configurable: true });
  }, hasCamera);
  await page.getByRole("button", { name: "Scan a code" }).first().click();
  await page.getByText(hasCamera ? "Hold the code in front of the camera." : "No camera can be used here").waitFor();
};

/** From now on the page takes itself for one in Safari on an iPhone, outside the app on its Home Screen. */
export const onIphone = async (page: Page): Promise<void> => {
  await page.evaluate(() => {
    Object.defineProperty(navigator, "userAgent", {
      value:
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
      configurable: true,
    });
  });
};

/** The way out of the page stands on every screen. */
export const withExit = async (page: Page): Promise<void> => {
  await page.evaluate(() => {
    localStorage.setItem("quick-exit", "on");
  });
  await page.reload();
  await page.getByRole("button", { name: "Exit this page" }).waitFor();
};

/** The browser says that there is no network. */
export const goOffline = async (page: Page): Promise<void> => {
  await page.evaluate(() => {
    Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
    dispatchEvent(new Event("offline"));
  });
};

/** Another screen of the app that is open, with all that it holds in memory. */
export const goTo = async (page: Page, path: string, title: string): Promise<void> => {
  await page.evaluate((to) => {
    history.pushState(null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
};

/** The sample household, from the first screen. */
export const openSample = async (page: Page): Promise<void> => {
  await page.getByText("Look at a sample household").click();
  await page.getByText("made up").waitFor();
};
