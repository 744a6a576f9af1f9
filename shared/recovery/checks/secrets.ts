import { openTasks } from '../../incident/tasks';
import type { GateFacts } from './facts';
import { type Found, failed, named, passed } from './found';

/** What it could read is replaced, and nobody is waited for. Pure. */
export const secrets = ({ incident }: Pick<GateFacts, 'incident'>): Found => {
  const { secrets: known = [], questions = [] } = incident;
  const rotated = new Set(
    known.filter(({ outcome }) => outcome === 'rotated').map(({ secretArn }) => secretArn),
  );
  const open = [
    ...known
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ secretArn }) => `${secretArn} is NOT rotated`),
    ...questions
      .filter(({ answer, secretArn }) => answer === undefined && !rotated.has(secretArn))
      .map(({ secretArn }) => `nobody has said whether to rotate ${secretArn}`),
    ...openTasks(incident).map(([id, { what }]) => `task ${id} is open: ${what}`),
  ];
  return open.length === 0 ? passed('nothing that it could read is waited for') : failed(named(open));
};
