import type { Collector } from './collector';
import { code } from './collectors/code';
import { configuration } from './collectors/configuration';
import { eventSources } from './collectors/eventSources';
import { logs } from './collectors/logs';
import { response } from './collectors/response';
import { role } from './collectors/role';
import { undo } from './collectors/undo';

/** The collectors, in the order in which their evidence vanishes. */
export const COLLECTORS: readonly Collector[] = [
  code,
  logs,
  configuration,
  eventSources,
  role,
  response,
  undo,
];
