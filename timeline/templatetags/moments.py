"""What templates of the desk ask of moments: in words, with their time zone."""

from django import template

from timeline import moments

register = template.Library()
register.filter(moments.moment)
register.simple_tag(moments.zone)
