/**
 * Asks the browser to keep this site's storage until the person erases it. Only pages may ask, not workers. A browser decides for itself or
 * asks the person; where it can't be asked or fails, the answer is no.
 */
export async function askToKeep(): Promise<boolean> {
  try {
    return await navigator.storage.persist();
  } catch {
    return false;
  }
}
