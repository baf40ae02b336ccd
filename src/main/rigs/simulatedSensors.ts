import { randomStream, streamKey, type Random } from '../../shared/math/random';
import type { Plant } from '../../shared/plants/plant';
import type { RigSettings } from '../../shared/setups/rigSettings';

/** Third coordinate of the sensors' stream keys: keeps them apart from everyone else's streams of the same seed. */
const STREAMS = 0x73656e73;

/** Encoders with noise and counts, and rate sensors where there are some; one random stream for each sensor and episode. */
export class SimulatedSensors {
  private readonly coordinates: readonly {
    readonly position: number;
    readonly rate: number;
    readonly noise: number;
    readonly width: number;
  }[];
  private streams: readonly Random[] = [];
  private rateStreams: readonly Random[] = [];

  constructor(
    plant: Plant,
    private readonly settings: RigSettings,
    private readonly seed: number,
  ) {
    const { angleNoise, positionNoise, angleCounts, positionCounts } = settings;
    this.coordinates = plant.structure.coordinates.map(({ position, rate }) =>
      plant.channels[position].wraps
        ? { position, rate, noise: angleNoise, width: angleCounts === 0 ? 0 : (2 * Math.PI) / angleCounts }
        : { position, rate, noise: positionNoise, width: positionCounts === 0 ? 0 : 1 / positionCounts },
    );
  }

  get count(): number {
    return this.coordinates.length;
  }

  /** Begins the streams of an episode. */
  begin(episode: number): void {
    const stream = (sensor: number) => randomStream(streamKey(this.seed, episode, sensor, STREAMS));
    this.streams = this.coordinates.map((_, i) => stream(2 * i));
    this.rateStreams = this.coordinates.map((_, i) => stream(2 * i + 1));
  }

  /** Reads every position at `state` into out[at …]. */
  readPositions(state: Float64Array, out: Float64Array, at: number): void {
    for (let i = 0; i < this.coordinates.length; i++) {
      const { position, noise, width } = this.coordinates[i];
      const reading = state[position] + noise * this.streams[i].normal();
      out[at + i] = width === 0 ? reading : width * Math.round(reading / width);
    }
  }

  /** The rates at `state`, [coordinates]; undefined where they are not measured. */
  readRates(state: Float64Array): Float64Array | undefined {
    if (this.settings.rates !== 'measured') return undefined;
    return Float64Array.from(this.coordinates, ({ rate }, i) => state[rate] + this.settings.rateNoise * this.rateStreams[i].normal());
  }
}
