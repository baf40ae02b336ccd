import type { NumberSetting } from '../../shared/settings';

/** Positions of a slider: whole numbers 0 … STOPS, whatever the setting's range and scale. */
export const STOPS = 1000;
/** A range of more steps than this is too coarse to drag; the slider then covers the part around which people work. */
const MOST_STEPS = 500;
const WINDOW_STEPS = 200;

export interface SliderScale {
  readonly low: number;
  readonly high: number;
  toStop(value: number): number;
  fromStop(stop: number): number;
  /** The value some steps further, for the arrow keys; always another value unless a limit is reached. */
  stepped(value: number, by: number): number;
}

/**
 * How a slider maps to a setting. The number field always reaches the whole range; the slider covers all of it when
 * that can be dragged with sense, else a window that holds the default and the present value.
 */
export function sliderScale(setting: NumberSetting, value: number, limits?: readonly [number, number]): SliderScale {
  const [low, high] = limits ?? reach(setting, value);
  const logarithmic = setting.scale === 'log' && low > 0;
  const snap = (raw: number) => {
    const stepped =
      setting.kind === 'integer'
        ? Math.round(raw)
        : logarithmic
          ? Number(raw.toPrecision(2))
          : Math.round(raw / setting.step) * setting.step;
    return Number(Math.max(setting.min, Math.min(setting.max, stepped)).toPrecision(10));
  };
  if (logarithmic) {
    const span = Math.log(high / low);
    return {
      low,
      high,
      toStop: (v) => Math.round((STOPS * Math.log(Math.max(low, Math.min(high, v)) / low)) / span),
      fromStop: (stop) => snap(low * Math.exp((span * stop) / STOPS)),
      stepped: (v, by) => {
        const next = snap(v * 1.1 ** by);
        return next !== v ? next : snap(v + Math.sign(by) * setting.step);
      },
    };
  }
  return {
    low,
    high,
    toStop: (v) => Math.round((STOPS * (Math.max(low, Math.min(high, v)) - low)) / (high - low)),
    fromStop: (stop) => snap(low + ((high - low) * stop) / STOPS),
    stepped: (v, by) => snap(v + by * (setting.kind === 'integer' ? Math.max(1, Math.round(setting.step)) : setting.step)),
  };
}

function reach(setting: NumberSetting, value: number): readonly [number, number] {
  const { min, max, step } = setting;
  const start = setting.default;
  if (setting.scale === 'log' && min > 0) {
    if (max / min <= 1e3) return [min, max];
    const centre = start > 0 ? start : Math.sqrt(min * max);
    return [Math.max(min, Math.min(centre / 10, value)), Math.min(max, Math.max(centre * 10, value))];
  }
  // a value that sits in the first eighth of its range is dragged among its likes: up to four times the default
  if (min >= 0 && start > 0 && start < (max - min) / 8) return [min, Math.min(max, Math.max(4 * start, 10 * step, value))];
  if (!(step > 0) || (max - min) / step <= MOST_STEPS) return [min, max];
  const span = WINDOW_STEPS * step;
  const high = Math.min(max, Math.max(start + span / 2, 2 * start, value));
  const low = Math.max(min, Math.min(start - span / 2, value));
  return [low, high];
}
