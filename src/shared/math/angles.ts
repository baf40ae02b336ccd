const TURN = 2 * Math.PI;

/** The same direction in (−π, π], rad. NaN for what is not finite. */
export function wrapAngle(angle: number): number {
  const wrapped = angle - TURN * Math.round(angle / TURN);
  // Rounding may leave a value on the wrong side of the seam by one bit; −π itself is called π.
  if (wrapped <= -Math.PI) return wrapped + TURN;
  return wrapped > Math.PI ? wrapped - TURN : wrapped;
}

/** The shortest way from `from` to `to` on the circle, in (−π, π], rad. */
export const angleDifference = (to: number, from: number): number => wrapAngle(to - from);

/** The upright (a multiple of 2π) nearest to an unwrapped angle, rad. */
export const nearestUpright = (angle: number): number => TURN * Math.round(angle / TURN);
