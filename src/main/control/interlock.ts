import type { Measurement } from '../../shared/estimators/estimator';
import type { Plant, PlantInstance } from '../../shared/plants/plant';
import type { StopLatch } from './gate';

/** Why an episode has to end, or undefined while all is well. */
export interface Trip {
  readonly kind: 'stopped' | 'notFinite' | 'limit';
  /** One sentence with value, limit and unit. */
  readonly reason: string;
}

/** Looks at every measurement first and decides whether the rig may be driven at all. */
export class Interlock {
  constructor(
    private readonly plant: Plant,
    private readonly instance: PlantInstance,
    private readonly latch: StopLatch & { readonly reason?: string },
  ) {}

  check(measurement: Measurement): Trip | undefined {
    if (this.latch.stopped) return { kind: 'stopped', reason: this.latch.reason ?? 'Stop' };
    const { coordinates } = this.plant.structure;
    const newest = measurement.positions.length - coordinates.length;
    for (let j = 0; j < coordinates.length; j++) {
      const value = measurement.positions[newest + j]!;
      const index = coordinates[j]!.position;
      const channel = this.plant.channels[index]!;
      if (!(value - value === 0))
        return {
          kind: 'notFinite',
          reason: `The rig reported ${String(value)} for ${channel.label}. The command is zero and the episode has ended.`,
        };
      const [low, high] = this.instance.stateLimits[index]!;
      if (value < low || value > high)
        return {
          kind: 'limit',
          reason: `${channel.label} ${value.toFixed(3)} ${channel.unit} is beyond its limit of ${value < low ? low : high} ${channel.unit}.`,
        };
    }
    return undefined;
  }
}
