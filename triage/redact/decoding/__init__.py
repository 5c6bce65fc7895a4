"""What a text decodes to, and the way back from there: escapes, percent, base64, hexadecimal, wrapped lines."""
