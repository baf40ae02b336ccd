import type { Setup } from './setup';

/** Seven hex digits over everything that a setup fixes; equal setups have equal hashes. */
export function setupHash(setup: Setup): string {
  const sorted = (fields: object) => Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  const canonical = JSON.stringify(sorted({ ...setup, values: sorted(setup.values) })); // files have their fields in another order
  let low = 0x811c9dc5; // FNV-1a: a name to recognise a setup by, no protection
  for (let i = 0; i < canonical.length; i++) low = Math.imul(low ^ canonical.charCodeAt(i), 0x01000193);
  return (low >>> 4).toString(16).padStart(7, '0');
}
