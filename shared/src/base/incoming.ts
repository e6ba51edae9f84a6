/**
 * Sharing from another app into the installed web app. The system posts to the first address, which the service worker answers on the
 * device; it sends the person on to the second, the screen that asks where it goes.
 */
export const SHARE_ADDRESS = "/share-target";
export const INCOMING_SCREEN = "/incoming";
