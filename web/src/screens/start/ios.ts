/** Safari on an iPhone or iPad, not opened from the Home Screen: its storage is another one, and is forgotten after seven days. */
export function inIosBrowser(): boolean {
  const ios = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1);
  const installed = matchMedia("(display-mode: standalone)").matches;
  return ios && !installed;
}
