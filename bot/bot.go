// Package bot is Telegram: it receives updates and keeps them until they are
// handled, routes them to conversations, and sends messages at the pace that
// Telegram allows. It knows nothing of posts, and is the only room that imports
// the Telegram library.
package bot
