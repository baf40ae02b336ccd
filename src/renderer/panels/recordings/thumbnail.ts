/**
 * An angle over time as the path of a small picture: up in the middle, down at both edges, lifted where it goes round.
 * @param angles  rad on (−π, π]
 */
export function thumbnailPath(angles: Float32Array, width: number, height: number): string {
  const parts: string[] = [];
  let before = NaN;
  angles.forEach((angle, i) => {
    if (!Number.isFinite(angle)) {
      before = NaN;
      return;
    }
    const x = angles.length < 2 ? 0 : (i / (angles.length - 1)) * width;
    const y = (0.5 - angle / (2 * Math.PI)) * (height - 2) + 1;
    const lifted = Number.isNaN(before) || Math.abs(angle - before) > Math.PI;
    parts.push(`${lifted ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`);
    before = angle;
  });
  return parts.join('');
}
