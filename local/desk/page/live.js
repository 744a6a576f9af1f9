const POLL_MS = 2000;

/** Calls `load` whenever something changed: by the desk's stream, and by asking again and again while there is none. */
export const follow = (load, tell) => {
  let polling = null;
  const poll = (on) => {
    if (on && polling === null) polling = setInterval(load, POLL_MS);
    if (!on && polling !== null) {
      clearInterval(polling);
      polling = null;
    }
  };
  const stream = new EventSource('/api/stream');
  stream.addEventListener('message', () => {
    poll(false);
    tell('live');
    load();
  });
  stream.addEventListener('error', () => {
    poll(true);
    tell('reconnecting');
  });
};

/** Runs one load at a time; a change during a load leads to one more. */
export const oneAtATime = (load) => {
  let running = false;
  let again = false;
  const run = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await load();
    } finally {
      running = false;
    }
    if (again) {
      again = false;
      await run();
    }
  };
  return run;
};
