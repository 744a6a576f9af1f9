import type { LedgerRecord } from '../containment/ledger';
import type { Incident } from '../incident/incident';
import type { Escalation, Route } from '../policy/routes';
import type { About } from './about';

/** A file that goes with an announcement. */
export type NamedFile = { readonly name: string; readonly title: string; readonly content: Uint8Array };

/** One that is sealed: where it is, and its bytes for whoever can send them. Reading throws errors of AWS. */
export type SealedFile = { readonly where: string; readonly read: () => Promise<NamedFile> };

/** What every channel is given; each renders it in its own way. */
export type Announcement = {
  readonly about: About;
  readonly incident: Incident;
  readonly ledger: readonly LedgerRecord[];
  /** Sentences of this announcement alone. */
  readonly detail: readonly string[];
  /** For channels that can send a file. */
  readonly file?: SealedFile;
  /** Where policy has it told; absent: as the deployment does by itself. */
  readonly route?: Route;
  /** Whom a question that nobody answers is put to beside: ids of Slack users and user groups, and where. */
  readonly escalateTo?: readonly Escalation[];
};

export type Delivery = {
  readonly outcome: 'delivered' | 'not-meant' | 'not-configured';
  /** Where the incident's Slack message is, when this delivery posted it. */
  readonly slack?: { readonly channel: string; readonly ts: string };
};

/** A way to reach people. To add one: a file with this shape, and its line in the `announce` function. */
export type Channel = {
  readonly id: string;
  /** It keeps a record and reaches nobody: who is told by it alone has not been told. */
  readonly recordsOnly?: true;
  readonly deliver: (announcement: Announcement) => Promise<Delivery>;
  /** Tries the channel without telling anybody anything: a sentence, or null where it is not configured. Throws why not. */
  readonly check: () => Promise<string | null>;
};
