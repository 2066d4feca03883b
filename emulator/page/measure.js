// The size and length of films and sounds, as a client measures them before it sends them.

// measured gives for each file its width, height and length; nothing when no file has any of them.
export async function measured(files) {
  if (!files.some((f) => /^(video|audio)\//.test(f.type))) return [];
  return Promise.all(files.map(one));
}

const unknown = { width: 0, height: 0, duration: 0 };

function one(file) {
  const kind = (file.type.match(/^(video|audio)\//) || [])[1];
  if (!kind) return unknown;
  const probe = document.createElement(kind);
  const address = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const end = (found) => {
      URL.revokeObjectURL(address);
      resolve(found);
    };
    probe.preload = 'metadata';
    probe.onloadedmetadata = () => end({
      width: probe.videoWidth || 0, height: probe.videoHeight || 0, duration: Number.isFinite(probe.duration) ? Math.round(probe.duration) : 0,
    });
    probe.onerror = () => end(unknown);
    setTimeout(() => end(unknown), 1500);
    probe.src = address;
  });
}
