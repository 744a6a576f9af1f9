/** What an announcement is about. The playbook passes one of these; a test holds the two together. */
export const ABOUTS = [
  'observed',
  'question',
  'contained',
  'evidence',
  'secrets',
  'decided',
  'noted',
  'not-released',
  'release-retried',
  'release-stopped',
  'released',
  'relapse',
  'escalated',
  'folded',
  'drift',
  'drift-escalated',
  'candidate',
  'losses',
  'failure',
  'closed',
  'unparseable',
  'suspect-gone',
  'refused',
] as const;
export type About = (typeof ABOUTS)[number];

/** What PagerDuty is told. An incident that a human must decide on pages; it resolves when it is closed. */
export const PAGES: Readonly<Record<About, 'trigger' | 'acknowledge' | 'resolve' | null>> = {
  observed: null,
  question: 'trigger',
  contained: 'trigger',
  evidence: null,
  secrets: null,
  decided: 'acknowledge',
  noted: null,
  'not-released': 'trigger',
  'release-retried': null,
  'release-stopped': 'trigger',
  released: null,
  relapse: 'trigger',
  escalated: 'trigger',
  folded: null,
  drift: null,
  'drift-escalated': 'trigger',
  candidate: null,
  losses: null,
  failure: 'trigger',
  closed: 'resolve',
  unparseable: null,
  // It may have paged before the function was found to be gone.
  'suspect-gone': 'resolve',
  refused: 'trigger',
};

/** Which announcements also go to the alert topic (e-mail, other tools): the ones that ask something of a human. */
export const ALERTS: readonly About[] = [
  'question',
  'contained',
  'release-stopped',
  'relapse',
  'escalated',
  'drift-escalated',
  'failure',
  'unparseable',
  'suspect-gone',
  'refused',
];
