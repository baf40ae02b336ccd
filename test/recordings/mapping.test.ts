import { describe, expect, test } from 'vitest';
import { cartPole } from '../../src/shared/plants/cartPole';
import { pendulum } from '../../src/shared/plants/pendulum';
import { actionMapping, readMapping, readPartnerRule } from '../../src/shared/recordings/mapping';
import { MappingError } from '../../src/shared/recordings/refusal';

describe('columns are mapped by flags', () => {
  test('role, unit and options become one factor, zero and shift', () => {
    const [time, angle, rate] = readMapping(['t=time:ms,position=angle:deg:zero=down:sign=-1,velocity=rate:rpm'], pendulum);
    expect(time).toMatchObject({ column: 't', role: 'time', factor: 1e-3 });
    expect(angle).toMatchObject({ column: 'position', role: 'angle', factor: -Math.PI / 180, shift: Math.PI, zero: 0, zeroGiven: true });
    expect(rate).toMatchObject({ factor: Math.PI / 30, wrap: 'none' });
  });

  test('counts of an encoder, a reading at upright, a scale', () => {
    expect(readMapping(['enc=angle:count:cpr=4096:zero=1000:scale=0.5'], pendulum)[0]).toMatchObject({
      factor: Math.PI / 4096,
      zero: 1000,
      shift: 0,
    });
  });

  test('quoted columns may hold commas, blanks and equals signs; positions have numbers', () => {
    const columns = readMapping(['"torque, motor [Nm]"=action:Nm,"a = b"=ignore', '#3=time:s'], pendulum).map(({ column }) => column);
    expect(columns).toEqual(['torque, motor [Nm]', 'a = b', '#3']);
  });

  test('the channels of the plant are its roles', () => {
    expect(
      readMapping(['x=position:mm,v=velocity:m/s,a=angle:turn,w=rate:deg/s,F=action:N'], cartPole).map(({ factor }) => factor),
    ).toEqual([1e-3, 1, 2 * Math.PI, Math.PI / 180, 1]);
    expect(actionMapping('desired.torque', undefined, pendulum)).toMatchObject({ column: 'desired.torque', role: 'action', unit: 'Nm' });
    expect(actionMapping('F', undefined, cartPole)).toMatchObject({ unit: 'N' });
  });

  test.each([
    ['position=angel:rad', '"angel" is not a role (column "position").'],
    ['position=angle', 'The column "position" has no unit.'],
    ['position=angle:grad', '"grad" is not a unit of an angle (column "position").'],
    ['x=position:m', '"position" is not a role (column "x").'],
    ['torque=action:N', '"N" is not a unit of an action (column "torque").'],
    ['enc=angle:count', 'The column "enc" counts, and nothing says how many counts are a turn.'],
    ['a=angle:rad:cpr=4096', '"cpr=4096" is not an option of an angle (column "a").'],
    ['a=angle:rad:zero=left', '"zero=left" is not an option of an angle (column "a").'],
    ['w=rate:rad/s:zero=down', '"zero=down" is not an option of a rate (column "w").'],
    ['a=angle:rad:sign=2', '"sign=2" is not an option of an angle (column "a").'],
    ['a=angle:rad:scale=0', '"scale=0" is not an option of an angle (column "a").'],
    ['a=angle:rad:scale=0x10', '"scale=0x10" is not an option of an angle (column "a").'],
    ['a=angle:rad:wrap=4', '"wrap=4" is not an option of an angle (column "a").'],
    ['w=rate:rad/s:wrap=pi', '"wrap=pi" is not an option of a rate (column "w").'],
    ['t=time:s:scale=2', '"scale=2" is not an option of a time (column "t").'],
    ['a=angle:rad:relative', '"relative" is not an option of an angle (column "a").'],
    ['a=angle:rad:sign=1:sign=1', '"sign=1" is not an option of an angle (column "a").'],
    ['a=ignore:s', 'An ignored column has no unit (column "a").'],
    ['a=angle:rad,b=angle:rad', 'Two columns are mapped to "angle".'],
    ['a=angle:rad,a=rate:rad/s', 'The column "a" is mapped twice.'],
    ['nonsense', '"nonsense" is not COLUMN=ROLE:UNIT.'],
  ])('%s is refused in words with a remedy', (text, says) => {
    let caught: unknown;
    try {
      readMapping([text], pendulum);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(MappingError);
    expect((caught as MappingError).message).toBe(says);
    expect((caught as MappingError).remedy.length).toBeGreaterThan(5);
  });

  test('a partner rule', () => {
    expect(readPartnerRule('desired=_measured:_desired')).toEqual({ name: 'desired', find: '_measured', replace: '_desired' });
    for (const wrong of ['desired', 'desired=_measured', '=a:b', 'a=b:c:d', 'a=:b'])
      expect(() => readPartnerRule(wrong)).toThrow(MappingError);
  });
});
