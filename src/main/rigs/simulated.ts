import type { Measurement } from '../../shared/estimators/estimator';
import { RungeKutta } from '../../shared/math/integrate';
import { dryFriction, SLIDING_SPEED, TURNING_SPEED } from '../../shared/plants/friction';
import type { Plant, PlantInstance } from '../../shared/plants/plant';
import type { RigSettings } from '../../shared/setups/rigSettings';
import type { Rig } from './rig';
import { SimulatedDrive } from './simulatedDrive';
import { SimulatedSensors } from './simulatedSensors';

export interface SimulatedRigOptions {
  readonly plant: Plant;
  readonly instance: PlantInstance;
  readonly settings: RigSettings;
  /** Control period, s. */
  readonly period: number;
  readonly seed: number;
  /** Milliseconds on the host's monotonic clock; only stamped on measurements. */
  readonly now: () => number;
  /** Number of the first episode that this rig runs; names its noise. 0 when absent. */
  readonly firstEpisode?: number;
}

/** s; the finest motion in the house is dry friction near standstill, whose time constant is a few of these. */
const LONGEST_SUBSTEP = 1e-3;

/**
 * A plant with the faults that rigs have. Time passes only in `advance`, a period at a time; within it the motion is
 * integrated from event to event (a command takes effect, a sensor is read, a push ends), so that a delay of any
 * length is exact. Beyond the end of its track the cart goes on: what happens then is for the loop to decide.
 * The same seed gives the same readings in the same episode, whatever the commands.
 */
export class SimulatedRig implements Rig {
  readonly commandsUnderWay: number;
  readonly truth: Float64Array;
  private readonly drive: SimulatedDrive;
  private readonly sensors: SimulatedSensors;
  private readonly motion: RungeKutta;
  private readonly longestSubstep: number;
  private readonly pushes: { readonly force: number; readonly torque: number; left: number }[] = [];
  private force = 0;
  private torque = 0;
  private episode: number;
  private step = 0;

  constructor(private readonly options: SimulatedRigOptions) {
    const { plant, instance, settings, period, seed } = options;
    this.episode = (options.firstEpisode ?? 0) - 1;
    this.commandsUnderWay = Math.round(settings.delay / period);
    this.truth = new Float64Array(instance.size);
    this.drive = new SimulatedDrive({
      period,
      delay: settings.delay,
      limit: instance.actionLimit,
      deadBand: settings.deadBand * instance.actionLimit,
      lag: settings.actuatorLag,
    });
    this.sensors = new SimulatedSensors(plant, settings, seed);
    this.motion = new RungeKutta({ derivative: this.derivativeWithFaults() }, instance.size);
    this.longestSubstep = Math.min(period / 10, LONGEST_SUBSTEP);
  }

  /** Begins an episode. @throws RangeError when the state is not one of this plant */
  start(state: Float64Array | undefined): Measurement {
    const { plant, instance } = this.options;
    if (state !== undefined && (state.length !== instance.size || !state.every(Number.isFinite))) {
      throw new RangeError(`A start of the ${plant.label.toLowerCase()} has ${instance.size} finite numbers; got [${state.join(', ')}].`);
    }
    this.truth.set(state ?? plant.hanging());
    this.drive.reset();
    this.pushes.length = 0;
    this.sumPushes();
    this.step = 0;
    this.sensors.begin(++this.episode);
    const positions = new Float64Array(this.sensors.count);
    this.sensors.readPositions(this.truth, positions, 0);
    return this.measurement(positions, 0);
  }

  send(step: number, command: number): void {
    if (!Number.isFinite(command)) throw new RangeError(`The command of step ${step} is ${command}; a rig takes finite numbers only.`);
    this.drive.send(step, command);
  }

  advance(): Measurement {
    const { period, settings } = this.options;
    const { drive, sensors, truth } = this;
    const positions = new Float64Array(settings.readings * sensors.count);
    let since = 0;
    drive.beginPeriod();
    for (let reading = 1; reading <= settings.readings; reading++) {
      const readAt = reading === settings.readings ? period : (reading * period) / settings.readings;
      while (since < readAt) {
        const until = Math.min(readAt, drive.switchAt(this.step, since), since + this.shortestPush());
        drive.drive(this.motion, truth, until - since, this.longestSubstep);
        this.spendPushes(until - since);
        since = until;
      }
      sensors.readPositions(truth, positions, (reading - 1) * sensors.count);
    }
    this.step++;
    return this.measurement(positions, drive.meanAction);
  }

  push(push: { readonly force: number; readonly torque: number; readonly seconds: number }): void {
    if (!(push.seconds > 0) || !Number.isFinite(push.force + push.torque + push.seconds)) {
      throw new RangeError(
        `A push has a finite force, torque and time above 0 s; got ${push.force} N, ${push.torque} N m, ${push.seconds} s.`,
      );
    }
    this.pushes.push({ force: push.force, torque: push.torque, left: push.seconds });
    this.sumPushes();
  }

  private measurement(positions: Float64Array, applied: number): Measurement {
    const { period, now } = this.options;
    return { step: this.step, rigTime: this.step * period, hostTime: now(), positions, rates: this.sensors.readRates(this.truth), applied };
  }

  /** The plant's own equations, and beside them pushes and the frictions that no model is told about. */
  private derivativeWithFaults() {
    const { plant, instance, settings } = this.options;
    const { cartViscous, cartCoulomb, jointViscous, jointCoulomb } = settings;
    const { coordinates } = plant.structure;
    const cart = coordinates.find(({ position }) => !plant.channels[position].wraps)?.rate ?? -1;
    const joint = [...coordinates].reverse().find(({ position }) => plant.channels[position].wraps)?.rate ?? -1;
    const rubs = cartViscous + cartCoulomb + jointViscous + jointCoulomb > 0;
    return (state: Float64Array, action: number, out: Float64Array): void => {
      instance.derivative(state, action, out);
      let { force, torque } = this;
      if (rubs) {
        if (cart >= 0) force += dryFriction(cartCoulomb, state[cart], SLIDING_SPEED) - cartViscous * state[cart];
        if (joint >= 0) torque += dryFriction(jointCoulomb, state[joint], TURNING_SPEED) - jointViscous * state[joint];
      }
      if (force !== 0 || torque !== 0) instance.addPush?.(state, force, torque, out);
    };
  }

  private shortestPush(): number {
    let shortest = Infinity;
    for (const push of this.pushes) if (push.left < shortest) shortest = push.left;
    return shortest;
  }
  private spendPushes(seconds: number): void {
    if (this.pushes.length === 0) return;
    for (const push of this.pushes) push.left -= seconds;
    for (let i = this.pushes.length - 1; i >= 0; i--) if (this.pushes[i].left < 1e-9) this.pushes.splice(i, 1);
    this.sumPushes();
  }
  private sumPushes(): void {
    this.force = 0;
    this.torque = 0;
    for (const push of this.pushes) {
      this.force += push.force;
      this.torque += push.torque;
    }
  }
}
