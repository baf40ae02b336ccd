/**
 * uPlot asks `Intl` for `navigator.language` while it loads, and a browser under LANG=C.UTF-8 calls its language
 * something that `Intl` refuses. Must be imported before uPlot.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}
export {};
