import { readUndo } from '../../containment/undo';
import { type Artifact, type Collector, UNDO_ARTIFACT } from '../collector';

/** The way out without us: the commands that put back what was changed, sealed with the rest. */
export const undo: Collector = {
  id: 'undo',
  title: 'Undo commands',
  first: true,
  permissions: ['dynamodb:GetItem', 'dynamodb:Query'],
  async *collect({ incident }, { records, undo: context }): AsyncIterable<Artifact> {
    yield {
      name: UNDO_ARTIFACT,
      contentType: 'text/plain; charset=utf-8',
      source: 'Tourniquet ledger',
      body: await readUndo(records, incident, context),
    };
  },
};
