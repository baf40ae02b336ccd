import type { Prior } from '../models/model';
import type { Setup } from './setup';

const learningFromScratch = {
  task: 'swingUp',
  model: 'gaussianProcess',
  planner: 'icem',
  controller: 'mpc',
  estimator: 'accelerationSpline',
  algorithm: 'iterativeMpc',
  seed: 1,
};
const allPriors: readonly Prior[] = ['integrates', 'placeFree', 'mirror'];

/** A bench rig: a light pole on a cart of one kilogram. The default. */
const light: Setup = { ...learningFromScratch, name: 'light', plant: 'cartPole', priors: allPriors, values: { 'loop.period': 0.05 } };

/** The published plant of PILCO and MC-PILCO: the pole as heavy as the cart. */
const pilco: Setup = {
  ...learningFromScratch,
  name: 'pilco',
  plant: 'cartPole',
  priors: allPriors,
  values: { 'plant.cartMass': 0.5, 'plant.poleMass': 0.5, 'plant.poleLength': 0.6, 'plant.jointViscous': 0, 'loop.period': 0.05 },
};

/** RealAIGym's pendulum, too weak to be lifted in one go. */
const pendulum: Setup = {
  ...learningFromScratch,
  name: 'pendulum',
  plant: 'pendulum',
  priors: ['integrates', 'mirror'], // there is no place to be free of
  values: { 'loop.period': 0.05 },
};

/** The setups that every workbench has, by name; of each plant the first one is its default. */
export const builtInSetups: Readonly<Record<string, Setup>> = { light, pilco, pendulum };

/** What a first start opens on. */
export const defaultSetup = light;

/** The setup a plant gets when none is named; undefined when no built-in setup has this plant. */
export const setupOfPlant = (plant: string): Setup | undefined => Object.values(builtInSetups).find((setup) => setup.plant === plant);
