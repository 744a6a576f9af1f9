import fc from 'fast-check';
import { readCommandRequest, readSlashCommand } from '../../../../shared/approval/slashCommand';

const ID = 'inc-20261120-0123456789ab';

describe('a slash command', () => {
  it.each([
    [`release ${ID} the fix is deployed`, { action: 'release', reason: 'the fix is deployed' }],
    [`  replay   ${ID}  fixed `, { action: 'release_with_replay', reason: 'fixed' }],
    [`false-positive ${ID} a load test`, { action: 'false_positive', reason: 'a load test' }],
    [`extend ${ID} 8 we wait`, { action: 'extend', hours: 8, reason: 'we wait' }],
    [
      `done ${ID} 0a1b2c3d the vendor gave us another`,
      { action: 'done', task: '0a1b2c3d', reason: 'the vendor gave us another' },
    ],
    [
      `waive ${ID} secrets the vendor has it`,
      { action: 'waive', check: 'secrets', reason: 'the vendor has it' },
    ],
    [`take ${ID} on call`, { action: 'take', reason: 'on call' }],
  ])('%s is a decision', (text, decision) => {
    expect(readSlashCommand(text)).toEqual({ kind: 'decide', incidentId: ID, ...decision });
  });

  it.each([
    ['', ''],
    ['help', ''],
    ['destroy everything', 'none of what can be done'],
    ['constructor x y', 'none of what can be done'],
    ['release', 'comes the id of an incident'],
    ['release inc-1 fixed', 'comes the id of an incident'],
    [`release ${ID}`, 'A reason is needed'],
    [`extend ${ID} we wait`, 'come hours, from 1 to 72'],
    [`extend ${ID} 1000 we wait`, 'come hours, from 1 to 72'],
    [`extend ${ID} 8`, 'A reason is needed'],
    [`done ${ID} it is`, 'comes the id of a task'],
    [`done ${ID} 0a1b2c3d`, 'A reason is needed'],
    [
      `waive ${ID} code it is ours`,
      'comes one of source, staging, configuration, policies, dependency, secrets',
    ],
    [`waive ${ID} secrets`, 'A reason is needed'],
  ])('%s is answered with how it is used, and why', (text, problem) => {
    const read = readSlashCommand(text);

    expect(read).toMatchObject({ kind: 'help', problem: expect.stringContaining(problem) });
    // What somebody wrote is not said again.
    if (text.includes('everything')) expect(JSON.stringify(read)).not.toContain('everything');
  });

  it('never makes the reader throw (property)', () => {
    fc.assert(fc.property(fc.string(), (text) => void readSlashCommand(text)));
  });

  it('is read from what Slack posts, and from nothing else', () => {
    const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
    expect(readCommandRequest(form({ command: '/tourniquet', user_id: 'U0ONCALL', text: 'list' }))).toEqual({
      user: 'U0ONCALL',
      text: 'list',
    });
    expect(readCommandRequest(form({ command: '/tourniquet', user_id: 'alice', text: 'list' }))).toBeNull();
    expect(readCommandRequest(form({ payload: '{}' }))).toBeNull();
    expect(readCommandRequest('')).toBeNull();
  });
});
