import { adamW } from './adamW';
import { rateAt } from './course';
import { drawBatch, drawsOf } from './draws';
import { lossAndGradient } from './gradient';
import type { NetworkTrainer } from './trainer';

/** Trains on the gradients of TensorFlow.js, on the backend that is current. */
export const tensorTrainer: NetworkTrainer = {
  name: 'tensorflow',
  begin(course, parameters, moments) {
    const { layout, activation, loss, batch, outputs, weightDecay, gradientNorm, X, Y, mirror } = course;
    const gradient = new Float32Array(layout.size);
    const width = layout.layers[0].inputs;
    const inputs = new Float32Array(layout.members * batch * width);
    const targets = new Float32Array(layout.members * batch * outputs);
    const draws = drawsOf(course, layout.members);
    const picks = new Int32Array(batch);
    let step = 0;
    const oneStep = () => {
      for (let member = 0, x = 0, y = 0; member < layout.members; member++) {
        drawBatch(course, member, draws[member], picks);
        for (const pick of picks) {
          const row = pick >> 1;
          const mirrored = (pick & 1) === 1;
          for (let d = 0; d < width; d++) inputs[x++] = (mirrored ? mirror!.inputs[d] : 1) * X[row * width + d];
          for (let o = 0; o < outputs; o++) targets[y++] = (mirrored ? mirror!.outputs[o] : 1) * Y[row * outputs + o];
        }
      }
      const value = lossAndGradient(layout, activation, loss, parameters, inputs, targets, batch, gradient);
      if (Number.isFinite(value)) adamW(layout, parameters, gradient, moments, rateAt(course, step), weightDecay, gradientNorm);
      step++;
      return value;
    };
    return {
      take(to) {
        const losses: number[] = [];
        while (step < to && (losses.length === 0 || Number.isFinite(losses[losses.length - 1]))) losses.push(oneStep());
        return Promise.resolve(losses);
      },
      bring() {}, // it works on them in place
      end() {},
    };
  },
};
