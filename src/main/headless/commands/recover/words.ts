import type { Repair } from '../../../storage/mcap/repair';

/** What a repair has found, as it stands in the document. */
export const repairDocument = ({ file, repaired, state, messages, lostSeconds, lost, bytesLeftOver, reason }: Repair) => ({
  file,
  repaired: repaired ?? null,
  state,
  messages,
  lostSeconds,
  lost,
  bytesLeftOver,
  reason: reason ?? null,
});
