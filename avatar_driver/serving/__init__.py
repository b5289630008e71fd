"""What servers of ours share: who is let in, clients that cannot slow us, and sentences for what goes wrong."""
