import type { PhysicsModel } from '../../models/physics';
import { cartPole } from '../../plants/cartPole';
import { SLIDING_SPEED, TURNING_SPEED } from '../../plants/friction';
import { pendulum } from '../../plants/pendulum';
import { settle } from '../../settings';
import type { KernelMemory } from './memory';
import { NotInKernel } from './problem';

/* The model's block, bytes; the same places stand in src/kernels/equationsBlock.ts. */
const PLANT = 0;
const SUBSTEPS = 4;
const DRY = 8;
const ACTION_GAIN = 16;
const CART_DAMPING = 20;
const JOINT_DAMPING = 24;
const GRAVITY = 28;
const CART_DRY = 32;
const JOINT_DRY = 36;
const CART_STEEP = 40;
const JOINT_STEEP = 44;
const INERTIA = 48;
const MASS = 52;
const DETERMINANT_LESS_1 = 56;
const STEP = 60;
const STAGES = 64;
const STAGE_BYTES = 16;
const BLOCK_BYTES = 128;

/** What the kernel multiplies with: everything of a plant divided by one of its numbers, so that one factor is 1. */
interface Coefficients {
  readonly plant: 0 | 1;
  readonly actionGain: number;
  readonly cartDamping: number;
  readonly jointDamping: number;
  readonly gravity: number;
  readonly cartDry: number;
  readonly jointDry: number;
  readonly inertia: number;
  readonly mass: number;
  readonly determinant: number;
}

/**
 * Writes a model that integrates its plant's equations.
 * @returns the address of its block
 * @throws NotInKernel for a plant whose equations no kernel has
 */
export function packEquations(memory: KernelMemory, model: PhysicsModel): number {
  const numbers = coefficientsOf(model);
  const address = memory.take(BLOCK_BYTES);
  const set = (place: number, value: number) => memory.setFloat(address + place, value);
  memory.setInt(address + PLANT, numbers.plant);
  memory.setInt(address + SUBSTEPS, model.substeps);
  memory.setInt(address + DRY, numbers.cartDry !== 0 || numbers.jointDry !== 0 ? 1 : 0);
  set(ACTION_GAIN, numbers.actionGain);
  set(CART_DAMPING, numbers.cartDamping);
  set(JOINT_DAMPING, numbers.jointDamping);
  set(GRAVITY, numbers.gravity);
  set(CART_DRY, -numbers.cartDry);
  set(JOINT_DRY, -numbers.jointDry);
  set(CART_STEEP, 1 / SLIDING_SPEED);
  set(JOINT_STEEP, 1 / TURNING_SPEED);
  set(INERTIA, numbers.inertia);
  set(MASS, numbers.mass);
  set(DETERMINANT_LESS_1, numbers.determinant - 1);
  const step = model.period / model.substeps;
  set(STEP, step);
  for (let stage = 0; stage < 4; stage++) {
    const inside = stage === 1 || stage === 2;
    const entry = STAGES + stage * STAGE_BYTES;
    set(entry, stage === 0 ? 0 : inside ? step / 2 : step);
    set(entry + 4, (inside ? 2 : 1) * (step / 6));
    set(entry + 8, stage === 3 ? 0 : (step * step) / 6);
  }
  return address;
}

function coefficientsOf({ equations, plantValues }: PhysicsModel): Coefficients {
  const values = settle(equations.settings, plantValues, 'plant') as Readonly<Record<string, number>>; // these plants have no other kind
  if (equations === cartPole) return ofCartPole(values);
  if (equations === pendulum) return ofPendulum(values);
  throw new NotInKernel(`no kernel has the equations of ${equations.label}.`);
}
function ofCartPole(values: Readonly<Record<string, number>>): Coefficients {
  const half = values.poleLength / 2;
  const lever = values.poleMass * half;
  const mass = (values.cartMass + values.poleMass) / lever;
  const inertia = (4 / 3) * half;
  return {
    plant: 0,
    actionGain: 1 / lever,
    cartDamping: values.cartViscous / lever,
    jointDamping: values.jointViscous / lever,
    gravity: values.gravity,
    cartDry: values.cartCoulomb / lever,
    jointDry: values.jointCoulomb / lever,
    inertia,
    mass,
    determinant: mass * inertia,
  };
}
function ofPendulum(values: Readonly<Record<string, number>>): Coefficients {
  const inertia = values.mass * values.length * values.length;
  return {
    plant: 1,
    actionGain: 1 / inertia,
    cartDamping: 0,
    jointDamping: values.jointViscous / inertia,
    gravity: values.gravity / values.length,
    cartDry: 0,
    jointDry: values.jointCoulomb / inertia,
    inertia: 1,
    mass: 1,
    determinant: 1,
  };
}
