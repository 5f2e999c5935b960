"""What may be public: rules, suppression and rounding of small counts."""
