import { readNumber } from '../../shared/recordings/number';
import { SettingError, type Setting, type SettingValue } from '../../shared/settings';
import { UsageError } from './refusals';

/** `--set ROOM.NAME=VALUE` taken apart, once each. @throws UsageError */
export function assignmentsOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const assignments = new Map<string, string>();
  for (const text of texts) {
    const match = /^([A-Za-z][\w]*\.[A-Za-z][\w]*)=(.*)$/s.exec(text);
    if (match === null)
      throw new UsageError('value', `--set ${text} is not ROOM.NAME=VALUE.`, 'Write for example --set planner.population=400.');
    if (assignments.has(match[1]!)) throw new UsageError('value', `--set gives ${match[1]} twice.`, 'Give it once.');
    assignments.set(match[1]!, match[2]!);
  }
  return assignments;
}

/**
 * A setting's value as text says it: numbers by the strict grammar, `true` or `false`, vectors with commas.
 * Whether it lies within the setting's range is checked where settings are settled.
 * @throws SettingError when the text cannot be such a value at all
 */
export function settingFromText(setting: Setting, text: string, id: string): SettingValue {
  const number = (part: string): number => {
    const value = readNumber(part);
    if (Number.isNaN(value))
      throw new SettingError(
        id,
        `"${id}" must be ${setting.kind === 'vector' ? 'numbers with commas between' : 'a number'}; got "${text}".`,
      );
    return value;
  };
  switch (setting.kind) {
    case 'number':
    case 'integer':
      return number(text);
    case 'vector':
      return text.split(',').map(number);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new SettingError(id, `"${id}" must be true or false; got "${text}".`);
      return text === 'true';
    default:
      return text;
  }
}
