const TURN = 2 * Math.PI;

/**
 * The reading of an angle as the continuation of the one before: whole turns are added until both lie within half a
 * turn. Sensors that count turns themselves come out as they are, bit for bit.
 *
 * @param before  the reading before, unwrapped; NaN for the first one
 */
export function continueAngle(reading: number, before: number): number {
  const turns = Math.round((before - reading) / TURN);
  return turns === 0 || turns !== turns ? reading : reading + turns * TURN;
}
