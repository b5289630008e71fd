/** What this browser remembers of the page itself: theme, chosen traces, tab. Nothing of the face, nothing of the profile. */

const PREFIX = 'avatar-driver.';

/** The value kept under a name, or `otherwise` when there is none or storage is closed to us. */
export function recall(name, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // A private window: the page works, it only forgets.
  }
}
