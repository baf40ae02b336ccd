import { test } from 'vitest';
import { killControl, killWorkbench, PROMISED_LOSS } from '../journeys/recordedKills';

test('100 kills of the control process lose 50 ms and one sample of what was seen at most, and nothing before it', () =>
  killControl(100, PROMISED_LOSS));
test('20 kills of the workbench itself lose nothing', () => killWorkbench(20));
