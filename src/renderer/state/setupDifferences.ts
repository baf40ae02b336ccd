import type { OpenedRecording } from '../../shared/contract/contract';
import type { Setting, SettingValue } from '../../shared/settings';

/** One thing in which the setups of two recordings differ, in words and units of the screen. */
export interface SetupDifference {
  readonly label: string;
  readonly a: string;
  readonly b: string;
}
type Described = Pick<OpenedRecording, 'setup' | 'settings'>;

/**
 * In what two setups differ: parts, seed and settings, in the order of the form.
 * @param text  writes the value of a setting as forms do
 */
export function differencesOf(a: Described, b: Described, text: (value: SettingValue, setting: Setting) => string): SetupDifference[] {
  const found: SetupDifference[] = [];
  const compare = (label: string, left: string, right: string) => {
    if (left !== right) found.push({ label, a: left, b: right });
  };
  const parts = ['plant', 'task', 'model', 'planner', 'controller', 'algorithm', 'estimator'] as const;
  for (const part of parts) compare(part, a.setup[part].label, b.setup[part].label);
  compare('seed', String(a.setup.seed), String(b.setup.seed));
  const priors = ({ setup }: Described) =>
    setup.priors
      .filter(({ on }) => on)
      .map(({ label }) => label)
      .join(', ') || 'none';
  compare('told to the model beforehand', priors(a), priors(b));
  const others = new Map(b.settings.flatMap((section) => section.settings.map((entry) => [entry.id, entry])));
  for (const { id, setting, value } of a.settings.flatMap((section) => section.settings)) {
    const other = others.get(id); // one that only one of them has belongs to a part that differs, and that was said
    if (other !== undefined) compare(setting.label, text(value, setting), text(other.value, other.setting));
  }
  return found;
}
