import type { KnownBlock } from '@slack/web-api';
import { DETAILS_BUTTON, FORCE_DRIFT, MORE_BUTTON } from '../approval/interaction';
import { extentOf } from '../containment/extent';
import type { LedgerRecord } from '../containment/ledger';
import { type DecisionAction, type Incident, isRelease, type Question } from '../incident/incident';
import { describeSituation, subjectOf } from './situation';
import { clock, cut, escapeText, inlineCode, mention, oneLine } from './slackText';
import { secretName } from './thread';

export type SlackMessage = { readonly text: string; readonly blocks: KnownBlock[] };

// Slack's limits: a header 150 characters, a section 3,000, a field 2,000.
const header = (text: string): KnownBlock => ({
  type: 'header',
  text: { type: 'plain_text', text: cut(text, 150), emoji: true },
});
/** `verbatim` keeps Slack from making links and mentions of what the text merely contains. */
const section = (text: string): KnownBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cut(text, 2900), verbatim: true },
});
/** Text of others as it is: in mrkdwn it could look like our own words. */
const quoted = (text: string): KnownBlock => ({
  type: 'section',
  text: { type: 'plain_text', text: cut(oneLine(text), 1000), emoji: false },
});
const context = (text: string): KnownBlock => ({
  type: 'context',
  elements: [{ type: 'mrkdwn', text: cut(text, 1900), verbatim: true }],
});
const list = (title: string, lines: readonly string[]): KnownBlock[] =>
  lines.length === 0
    ? []
    : [section(`*${title}*\n${lines.map((line) => `• ${escapeText(cut(oneLine(line), 500))}`).join('\n')}`)];

type ButtonLook = { readonly label: string; readonly style?: 'primary' | 'danger'; readonly ask?: string };

/** `action_id` is the decision's own name. */
const LOOKS: Readonly<Record<DecisionAction, ButtonLook>> = {
  contain: { label: 'Contain now', style: 'danger' },
  dismiss: { label: 'Leave it running' },
  release: {
    label: 'Release',
    style: 'primary',
    ask: 'The fix is verified first: code that is still what was contained is not released. Then everything is put back as it was, and the function is watched.',
  },
  release_with_replay: {
    label: 'Release and replay',
    ask: 'As a release; then the function is sent the events that were held. Whoever had stolen its credentials may have put events of his own among them.',
  },
  false_positive: { label: 'False positive…' },
  keep: { label: 'Keep contained' },
};

const button = (action: DecisionAction, incident: Incident) => {
  const { label, style, ask } = LOOKS[action];
  return {
    type: 'button' as const,
    action_id: action,
    text: { type: 'plain_text' as const, text: label },
    // Opaque to whoever holds it: the server looks up what it stands for, and who pressed it (invariant 5).
    value: `${incident.id}.${incident.press?.id ?? ''}`,
    ...(style === undefined ? {} : { style }),
    ...(ask === undefined
      ? {}
      : {
          confirm: {
            title: { type: 'plain_text' as const, text: 'Release this function?' },
            text: { type: 'plain_text' as const, text: ask },
            confirm: { type: 'plain_text' as const, text: 'Release' },
            deny: { type: 'plain_text' as const, text: 'Not yet' },
          },
        }),
  };
};

/** A replay is offered where events are held. */
const releases = (ledger: readonly LedgerRecord[]): readonly DecisionAction[] =>
  ledger.some(({ control, state }) => control === 'held-events' && state === 'held')
    ? ['release', 'release_with_replay', 'false_positive']
    : ['release', 'false_positive'];

/** A release that has stopped, and that no later decision has taken up again. */
const waitsForRelease = ({ status, stopped, decision }: Incident): boolean =>
  status === 'releasing' && stopped?.next === 'human' && stopped.decidedAt === decision?.at;

const buttonsFor = (incident: Incident, ledger: readonly LedgerRecord[]): readonly DecisionAction[] => {
  if (incident.status === 'contained' && incident.decision?.action === 'keep') return releases(ledger);
  if (waitsForRelease(incident)) return releases(ledger);
  // What waits for the evidence can be taken back.
  const { status, decision } = incident;
  if (status === 'contained' && decision !== undefined && isRelease(decision.action)) return ['keep'];
  if (incident.decision !== undefined) return [];
  if (incident.status === 'asking') return ['contain', 'dismiss'];
  if (incident.status === 'contained') return [...releases(ledger), 'keep'];
  return [];
};

/** What there is to do beside the answer. */
const BESIDE: Readonly<Partial<Record<Incident['status'], string>>> = {
  asking: 'Not yet? Take it over, or ask for time.',
  contained: 'Not yet? Take it over, ask for time, or add to the containment.',
  releasing: 'Not quiet? Take it over, or, where it is released in steps, contain it again.',
  watching: 'Not quiet? Take it over, or contain it again.',
};

/** What a release has left as somebody changed it, where an approver may settle that now. */
const drifted = (incident: Incident, ledger: readonly LedgerRecord[]): readonly LedgerRecord[] => {
  const { status, settling, acknowledged } = incident;
  const settled = settling !== undefined && settling.at !== acknowledged;
  return waitsForRelease(incident) || (status === 'watching' && !settled)
    ? ledger.filter(({ state }) => state === 'drift')
    : [];
};

/** One button for all of them; the command line has it one by one. */
const forceButton = (incident: Incident, records: readonly LedgerRecord[]) => ({
  type: 'button' as const,
  action_id: FORCE_DRIFT,
  text: { type: 'plain_text' as const, text: 'Put back although changed…' },
  value: `${incident.id}.${incident.press?.id ?? ''}`,
  style: 'danger' as const,
  confirm: {
    title: { type: 'plain_text' as const, text: 'Overwrite what was changed?' },
    text: {
      type: 'plain_text' as const,
      text: cut(
        `What somebody changed while it was contained is overwritten with what was there before: ${records.map(({ control, detail }) => `${control} (${oneLine(detail)})`).join('; ')}`,
        300,
      ),
    },
    confirm: { type: 'plain_text' as const, text: 'Put back' },
    deny: { type: 'plain_text' as const, text: 'Leave it' },
  },
});

/** What is no answer to the question: it decides nothing itself, so it carries no press. */
const beside = ({ id, status }: Incident): KnownBlock[] => {
  const what = BESIDE[status];
  return what === undefined
    ? []
    : [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: what, verbatim: true },
          accessory: {
            type: 'button',
            action_id: MORE_BUTTON,
            text: { type: 'plain_text', text: 'More…' },
            value: `${id}.0`,
          },
        },
      ];
};

/** Where to look further: for everybody in the channel, and for as long as the message is there. It decides nothing. */
const footer = ({ id }: Incident): KnownBlock => ({
  type: 'section',
  text: {
    type: 'mrkdwn',
    text: `${escapeText(id)} · npx tourniquet show ${escapeText(id)}`,
    verbatim: true,
  },
  accessory: {
    type: 'button',
    action_id: DETAILS_BUTTON,
    text: { type: 'plain_text', text: 'Details…' },
    value: `${id}.0`,
  },
});

const EMOJI: Partial<Record<Incident['status'], string>> = {
  asking: ':question:',
  containing: ':hourglass_flowing_sand:',
  contained: ':lock:',
  releasing: ':hourglass_flowing_sand:',
  watching: ':eyes:',
  closed: ':white_check_mark:',
  observed: ':mag:',
};

/** A lock stands for what holds wholly. */
const emojiOf = (incident: Incident, ledger: readonly LedgerRecord[]): string =>
  incident.status === 'contained' && (incident.holds === 'part' || extentOf(ledger) !== 'whole')
    ? ':warning:'
    : (EMOJI[incident.status] ?? ':information_source:');

const DECIDED: Readonly<Record<DecisionAction, string>> = {
  contain: 'Containment ordered',
  dismiss: 'Left running',
  release: 'Release ordered',
  release_with_replay: 'Release with replay ordered',
  false_positive: 'Called a false positive',
  keep: 'Kept contained',
};

const decided = ({ decision }: Incident): KnownBlock[] =>
  decision === undefined
    ? []
    : [
        section(
          `*${DECIDED[decision.action]}* by ${mention(decision.by)} at ${escapeText(clock(decision.at))}${decision.reason === '' ? '' : `\n> ${escapeText(cut(decision.reason.replaceAll(/\s+/g, ' '), 500))}`}`,
        ),
      ];

/** A release that waits for others, and who looks after the incident. */
const people = ({ ballot, round, decision, owner, remind, status }: Incident): KnownBlock[] => [
  ...(ballot === undefined || ballot.round !== round || decision !== undefined
    ? []
    : [
        section(
          `*${LOOKS[ballot.action].label.replace('…', '')}* approved by ${ballot.approvals.map(({ by }) => mention(by)).join(', ')}; it ${escapeText(ballot.needs)}${ballot.reason === '' ? '' : `\n> ${escapeText(cut(ballot.reason.replaceAll(/\s+/g, ' '), 500))}`}`,
        ),
      ]),
  ...(owner === undefined ? [] : [context(`Looked after by ${mention(owner)}`)]),
  ...(remind === undefined || remind.round !== round || remind.status !== status
    ? []
    : [context(`Nobody is asked again before ${escapeText(clock(remind.after))}`)]),
];

/** The incident's message as it should read now: posted once, rewritten whenever the incident moves. */
export const incidentMessage = (incident: Incident, ledger: readonly LedgerRecord[]): SlackMessage => {
  const { headline, witness, links, sure, done, affected, notDone, wayOut } = describeSituation(
    incident,
    ledger,
  );
  const title = `${headline}: ${subjectOf(incident)}`;
  const left = drifted(incident, ledger);
  const buttons = [
    ...buttonsFor(incident, ledger).map((action) => button(action, incident)),
    ...(left.length === 0 ? [] : [forceButton(incident, left)]),
  ];
  const facts = [
    ...(witness === null ? [] : [`*Finding*\n${inlineCode(witness.rule)} (severity ${witness.severity})`]),
    ...(sure === null ? [] : [`*How sure*\n${escapeText(sure)}`]),
    ...(incident.functionArn === null ? [] : [`*Function*\n${inlineCode(incident.functionArn)}`]),
    `*Opened*\n${escapeText(clock(incident.openedAt))}`,
    ...(incident.containedAt === undefined
      ? []
      : [`*Contained*\n${escapeText(clock(incident.containedAt))}`]),
  ];
  const what = witness === null ? '' : witness.description || witness.title;
  return {
    text: escapeText(cut(`${title}${witness === null ? '' : ` (${witness.rule})`}`, 300)),
    blocks: [
      header(`${emojiOf(incident, ledger)} ${title}`),
      ...(what === '' ? [] : [quoted(what)]),
      ...(links.length === 0 ? [] : [section(links.map((line) => `*${escapeText(line)}*`).join('\n'))]),
      {
        type: 'section',
        fields: facts.map((text) => ({ type: 'mrkdwn' as const, text: cut(text, 1900), verbatim: true })),
      },
      ...list(incident.status === 'observed' ? 'What would have been done' : 'What was done', done),
      ...list('Who is affected', affected),
      ...list('What was not done, and what to know', notDone),
      ...list('Why', incident.because),
      ...decided(incident),
      ...people(incident),
      ...(buttons.length === 0 ? [] : [actions(`decide-${incident.press?.id ?? ''}`, buttons)]),
      ...beside(incident),
      ...(wayOut === null ? [] : [context(escapeText(wayOut))]),
      footer(incident),
    ],
  };
};

const actions = (
  block_id: string,
  elements: (ReturnType<typeof button> | ReturnType<typeof forceButton>)[],
): KnownBlock => ({
  type: 'actions',
  block_id,
  elements,
});

/** Of one note: what is beyond is in `npx tourniquet show`. */
const MOST_SECTIONS = 4;

/** Lines in as few sections as hold them, each whole: what is said last must not be cut off. */
const inSections = (lines: readonly string[]): readonly string[] => {
  const sections: string[] = [];
  let section = '';
  for (const line of lines) {
    if (section !== '' && section.length + line.length >= 2900) {
      sections.push(section);
      section = '';
    }
    section += section === '' ? line : `\n${line}`;
  }
  return [...sections, section].slice(0, MOST_SECTIONS);
};

/** A note in the incident's thread; `owner`, whom the server made out, is pinged. */
export const threadNote = (title: string, lines: readonly string[], owner?: string): SlackMessage => ({
  text: escapeText(cut(title, 300)),
  blocks: [
    ...inSections([
      `*${escapeText(cut(title, 500))}*`,
      ...lines.map((line) => `• ${escapeText(cut(oneLine(line), 400))}`),
    ]).map(section),
    ...(owner === undefined ? [] : [context(`Looked after by ${mention(owner)}`)]),
  ],
});

/** Questions about secrets that only a human may have rotated, each with its two buttons. */
export const questionBlocks = (incident: Incident, questions: readonly Question[]): KnownBlock[] =>
  questions.flatMap(({ id, secretArn, why, answer, answeredBy }): KnownBlock[] => [
    section(`Rotate ${inlineCode(secretName(secretArn))}? ${escapeText(cut(why, 500))}`),
    answer === undefined
      ? {
          type: 'actions',
          block_id: `secret-${id}`,
          elements: (['rotate', 'leave'] as const).map((choice) => ({
            type: 'button' as const,
            action_id: `${choice}_secret`,
            text: { type: 'plain_text' as const, text: choice === 'rotate' ? 'Rotate now' : 'Leave it' },
            value: `${incident.id}.${id}`,
          })),
        }
      : context(
          `${answer === 'rotate' ? 'To be rotated' : 'Left as it is'}, decided by ${mention(answeredBy ?? 'nobody')}`,
        ),
  ]);
