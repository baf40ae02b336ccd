/** How much the machine can draw; said in the status strip. */
export interface Quality {
  readonly engine: 'gpu' | 'software' | 'canvas';
  /** Device pixels per page pixel, at most. */
  readonly pixelRatio: number;
  readonly antialias: boolean;
  /** Rollouts drawn at most, unless all are asked for. */
  readonly rollouts: number;
  readonly leastGapMs: number;
  readonly words: string;
}
const SOFTWARE = /swiftshader|llvmpipe|softpipe|basic render|software/i;

/** Asks the browser who draws. A probe context is made and given back. */
export function judgeQuality(): Quality {
  const canvas = document.createElement('canvas');
  const gl = canvas.getContext('webgl2');
  if (gl === null) {
    return { engine: 'canvas', pixelRatio: 1, antialias: false, rollouts: 60, leastGapMs: 40, words: 'Canvas 2D, 60 paths, 25 Hz' };
  }
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  if (SOFTWARE.test(renderer)) {
    return { engine: 'software', pixelRatio: 1, antialias: false, rollouts: 100, leastGapMs: 40, words: 'software, 100 paths, 25 Hz' };
  }
  return { engine: 'gpu', pixelRatio: 2, antialias: true, rollouts: Infinity, leastGapMs: 0, words: 'GPU' };
}
