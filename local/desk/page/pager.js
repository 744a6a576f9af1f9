import { byId, el, showItems } from './dom.js';
import { timeOf, wholeOf } from './time.js';

/** Shows PagerDuty's alerts, the newest first, and how many are open on the button that brings them up. */
export const showAlerts = (alerts) => {
  const open = alerts.filter(({ status }) => status !== 'resolved').length;
  const toggle = byId('pager-toggle');
  toggle.replaceChildren('📟 ', el('b', { class: open > 0 ? 'open' : '' }, String(open)));
  toggle.setAttribute('aria-label', `PagerDuty: ${open} open`);
  const items = alerts.map((alert) => ({
    key: `${alert.dedup_key} ${alert.created_at}`,
    signature: JSON.stringify(alert),
    make: () => alertNode(alert),
  }));
  showItems(byId('alerts'), items.length > 0 ? items : [NONE]);
};

const NONE = {
  key: 'none',
  signature: 'none',
  make: () => el('li', { class: 'none' }, 'Nobody has been paged.'),
};

const alertNode = (alert) => {
  const { status, severity, summary, source, dedup_key: key, count, custom_details: details } = alert;
  const opened = new Date(alert.created_at);
  const facts = { Source: source, Component: alert.component, Class: alert.class, Key: key };
  return el(
    'li',
    { class: `alert ${status}` },
    el(
      'p',
      { class: 'state' },
      el('span', { class: 'status' }, status),
      el('span', { class: `severity ${severity}` }, severity),
      ...(count > 1 ? [el('span', { class: 'count', title: `${count} triggers` }, `×${count}`)] : []),
      el('time', { datetime: alert.created_at, title: wholeOf(opened) }, timeOf(opened)),
    ),
    el('p', { class: 'summary' }, summary),
    el(
      'dl',
      {},
      ...Object.entries(facts).flatMap(([name, value]) =>
        value ? [el('dt', {}, name), el('dd', {}, value)] : [],
      ),
    ),
    ...(details === undefined || details === null
      ? []
      : [el('details', {}, el('summary', {}, 'Details'), el('pre', {}, JSON.stringify(details, null, 2)))]),
  );
};

/** On a narrow screen the alerts lie over the channel. */
export const wirePager = () => {
  const toggle = byId('pager-toggle');
  const set = (open) => {
    document.body.classList.toggle('pager-open', open);
    toggle.setAttribute('aria-expanded', String(open));
  };
  toggle.addEventListener('click', () => set(!document.body.classList.contains('pager-open')));
  byId('pager-close').addEventListener('click', () => set(false));
};
