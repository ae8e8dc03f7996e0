// The wire to the server: one stream of events, and questions answered in JSON.

const PATIENCE = [500, 1_000, 2_000, 5_000]; // milliseconds between attempts when the browser itself gives up

/** Ask the server for something to be done. Throws an Error whose message is a sentence for the person. */
export async function post(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The playground does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The playground answered ${response.status}.`);
  return answer;
}

/**
 * Listen to the server's events for as long as the page lives. `handlers` maps an event's name to a function of its data;
 * `connected` is told true and false. Each connection begins with the whole state, so nothing is missed by a lost one.
 */
export function listen(handlers, connected) {
  let attempt = 0;
  const open = () => {
    const stream = new EventSource("/api/events");
    stream.addEventListener("open", () => {
      attempt = 0;
      connected(true);
    });
    for (const [name, handle] of Object.entries(handlers)) {
      stream.addEventListener(name, (event) => handle(JSON.parse(event.data)));
    }
    stream.addEventListener("error", () => {
      connected(false);
      if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      setTimeout(open, PATIENCE[Math.min(attempt++, PATIENCE.length - 1)]);
    });
  };
  open();
}
