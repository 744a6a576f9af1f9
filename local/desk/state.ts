import { type Clock, timestamps } from './clock';
import type { Stream } from './http/stream';
import type { Target } from './interaction/target';
import type { DeskOptions } from './options';
import { type Alerts, openAlerts } from './pagerDuty/alerts';
import { type Faults, openFaults } from './store/faults';
import { type Files, openFiles } from './store/files';
import { type Messages, openMessages } from './store/messages';
import { openResponseUrls, type ResponseUrls } from './store/responseUrls';
import { openTriggers, type Triggers } from './store/triggers';
import { openViews, type Views } from './store/views';

/** How the desk runs, apart from what it is: tests let time go by faster. */
export type Pace = {
  readonly now: Clock;
  /** Slack waits three seconds for an answer to a press. */
  readonly patienceMs: number;
};

/** Everything that the desk knows. */
export type Desk = Pace & {
  readonly options: DeskOptions;
  /** The desk's own address, known once it listens. */
  readonly address: () => string;
  readonly nextTs: () => string;
  readonly messages: Messages;
  readonly files: Files;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly faults: Faults;
  readonly alerts: Alerts;
  readonly target: Target;
  readonly stream: Stream;
};

export const openDesk = (
  options: DeskOptions,
  pace: Pace,
  parts: Pick<Desk, 'address' | 'target' | 'stream'>,
): Desk => {
  const nextTs = timestamps(pace.now);
  const { changed } = parts.stream;
  return {
    ...pace,
    ...parts,
    options,
    nextTs,
    messages: openMessages(nextTs, changed),
    files: openFiles(),
    views: openViews(pace.now, changed),
    triggers: openTriggers(pace.now),
    responseUrls: openResponseUrls(pace.now),
    faults: openFaults(),
    alerts: openAlerts(pace.now, changed),
  };
};
