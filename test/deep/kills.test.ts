import { test } from 'vitest';
import { killControl, killWorkbench } from '../journeys/recordedKills';

test('100 kills of the control process lose next to nothing of what was seen, and nothing before it', () => killControl(100));
test('20 kills of the workbench itself lose nothing', () => killWorkbench(20));
