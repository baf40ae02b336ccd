import { randomStream } from '../../../src/shared/math/random';
import { freshMoments } from '../../../src/shared/models/network/adamW';
import type { TrainingCourse } from '../../../src/shared/models/network/course';
import { networkLayout } from '../../../src/shared/models/network/layout';
import { initialParameters } from '../../../src/shared/models/network/train';

/** A training of three members on samples of a sine, some of them mirrored, and where it begins. */
export function sineCourse(changes: Partial<TrainingCourse> = {}) {
  const layout = networkLayout(3, 3, [64, 64], 2);
  const random = randomStream(9);
  const rows = 300;
  const X = Float32Array.from({ length: rows * 3 }, () => random.normal());
  const Y = Float32Array.from({ length: rows * 2 }, (_, i) => Math.sin(X[3 * (i >> 1) + (i & 1)]));
  const course: TrainingCourse = {
    ...{ layout, activation: 'silu', loss: 'squaredError', outputs: 2, batch: 64, weightDecay: 3e-3, gradientNorm: 10 },
    ...{ X, Y, rows, mirror: { inputs: [-1, 1, -1], outputs: [-1, 1] }, bootstrap: true, seed: 4 },
    ...{ steps: 200, rate: 3e-3, constantShare: 0.5, finalShare: 0.02 },
    ...changes,
  };
  const parameters = initialParameters(layout, 5, { weightScale: 1.2, biasScale: 0.5, lastScale: 0.3 });
  return { course, parameters, moments: freshMoments(layout.size) };
}
