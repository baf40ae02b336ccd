/** How much the machine can draw; said in the status strip. */
export interface Quality {
  readonly engine: 'gpu' | 'software' | 'canvas';
  /** Device pixels per page pixel, at most. */
  readonly pixelRatio: number;
  readonly antialias: boolean;
  /** Rollouts drawn at most, unless all are asked for. */
  readonly rollouts: number;
  readonly leastGapMs: number;
  /** Who draws. */
  readonly painter: string;
}
const SOFTWARE = /swiftshader|llvmpipe|softpipe|basic render|software/i;

/** Asks the browser who draws. A probe context is made and given back. */
export function judgeQuality(): Quality {
  const canvas = document.createElement('canvas');
  const gl = canvas.getContext('webgl2');
  if (gl === null) {
    return { engine: 'canvas', pixelRatio: 1, antialias: false, rollouts: 60, leastGapMs: 40, painter: 'Canvas 2D' };
  }
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  if (SOFTWARE.test(renderer)) {
    return { engine: 'software', pixelRatio: 1, antialias: false, rollouts: 100, leastGapMs: 40, painter: 'software' };
  }
  return { engine: 'gpu', pixelRatio: 2, antialias: true, rollouts: Infinity, leastGapMs: 0, painter: 'GPU' };
}

/**
 * Least time between two frames in ms. Without a graphics processor the page draws on the cores that plan: a frame costs
 * some 40 ms of one, so a simulation that cannot keep up gets them back.
 */
export const gapOf = ({ leastGapMs }: Quality, fallsBehind: boolean): number => (leastGapMs > 0 && fallsBehind ? 125 : leastGapMs);

/** How the scene is drawn, for the strip. */
export function qualityInWords({ painter, rollouts }: Quality, gapMs: number, all: boolean): string {
  const paths = all || rollouts === Infinity ? 'all paths' : `${rollouts} paths`;
  return `${painter}, ${paths}${gapMs > 0 ? `, ${Math.round(1000 / gapMs)} Hz` : ''}`;
}
