import { byId, el, showItems } from './dom.js';
import { follow, oneAtATime } from './live.js';
import { channelItems } from './messages.js';
import { showModal } from './modal.js';
import { showAlerts, wirePager } from './pager.js';

const YOU = 'slack-desk-you';
const NEAR_END = 120;

let desk = null;

/** Who the person at the page is. */
const you = () => desk.users.find(({ id }) => id === localStorage.getItem(YOU)) ?? desk.users[0];

const channel = () => {
  const wanted = decodeURIComponent(location.hash.slice(1));
  return desk.channels.find(({ id }) => id === wanted) ?? desk.channels[0];
};

const show = () => {
  byId('team').textContent = desk.team;
  byId('notice').hidden = desk.connected;
  document.title = `#${channel().name} · Slack desk`;
  showChannels();
  showUsers();
  showMessages();
  showAlerts(desk.alerts);
  showModal(desk.views, you());
};

const showChannels = () => {
  byId('channel').textContent = `# ${channel().name}`;
  const items = desk.channels.map(({ id, name }) => {
    const current = id === channel().id;
    const link = () => el('a', { href: `#${id}`, 'aria-current': current ? 'page' : undefined }, `# ${name}`);
    return { key: id, signature: `${name} ${current}`, make: () => el('li', {}, link()) };
  });
  showItems(byId('channels'), items);
};

const showUsers = () => {
  const select = byId('user');
  const items = desk.users.map(({ id, name }) => ({
    key: id,
    signature: name,
    make: () => el('option', { value: id }, name),
  }));
  showItems(select, items);
  select.value = you().id;
};

const showMessages = () => {
  const scroll = byId('scroll');
  const list = byId('messages');
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END;
  const before = list.childElementCount;
  const moved = list.dataset.channel !== channel().id;
  list.dataset.channel = channel().id;
  const items = channelItems(desk, channel().id, you);
  showItems(list, items);
  byId('empty').hidden = items.length > 0;
  if (atEnd || moved) toEnd();
  else if (items.length > before) byId('newer').hidden = false;
};

const toEnd = () => {
  const scroll = byId('scroll');
  scroll.scrollTop = scroll.scrollHeight;
  byId('newer').hidden = true;
};

const load = oneAtATime(async () => {
  const response = await fetch('/api/desk').catch(() => null);
  if (response?.ok !== true) return;
  desk = await response.json();
  show();
});

const redraw = () => {
  if (desk !== null) show();
};

byId('user').addEventListener('change', (event) => {
  localStorage.setItem(YOU, event.target.value);
  redraw();
});
byId('newer').addEventListener('click', toEnd);
byId('scroll').addEventListener('scroll', ({ target }) => {
  if (target.scrollHeight - target.scrollTop - target.clientHeight < NEAR_END) byId('newer').hidden = true;
});
window.addEventListener('hashchange', redraw);
wirePager();
follow(load, (state) => {
  byId('live').textContent = state === 'live' ? 'Live' : 'Reconnecting…';
  byId('live').className = state;
});
