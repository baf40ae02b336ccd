import { adamW } from './adamW';
import { lossAndGradient } from './gradient';
import type { NetworkTrainer } from './trainer';

/** Trains on the gradients of TensorFlow.js, on the backend that is current. */
export const tensorTrainer: NetworkTrainer = {
  name: 'tensorflow',
  begin({ layout, activation, loss, batch, weightDecay, gradientNorm }, parameters, moments) {
    const gradient = new Float32Array(layout.size);
    return {
      step(inputs, targets, rate) {
        const value = lossAndGradient(layout, activation, loss, parameters, inputs, targets, batch, gradient);
        if (Number.isFinite(value)) adamW(layout, parameters, gradient, moments, rate, weightDecay, gradientNorm);
        return value;
      },
      bring() {}, // it works on them in place
    };
  },
};
